"""The words of the invented world: regions, companies, workspaces, pipes, data sources, user agents."""


def words(text: str, separator: str | None = None) -> list[str]:
    """The words of a text over several lines, or what lies between two separators."""
    return [word.strip() for word in text.strip().split(separator)]


# Name, how customers call it, hours from UTC.
REGIONS = (
    ("aws-us-east-1", "US East", -5),
    ("aws-eu-west-1", "Ireland", 0),
    ("gcp-europe-west3", "Frankfurt", 1),
    ("gcp-us-central1", "US Central", -6),
    ("aws-ap-northeast-1", "Tokyo", 9),
    ("gcp-southamerica-east1", "São Paulo", -3),
    ("aws-ap-southeast-2", "Sydney", 10),
    ("gcp-asia-south1", "Mumbai", 5),
)

# The largest customers, largest first. Pages and cards must be able to draw every one of them.
FLAGSHIPS = words(
    """
    Café Ångström, 北極星データ, Rocket Lime 🚀, Møller & Søn Logistik, Птица Games, نجمة الشمال,
    O'Hara <Live> Betting, Żółta Łódź, 한강 모빌리티
""",
    ",",
)

STEMS = words("""
    Harbor Northwind Juniper Copper Lumen Tidal Basalt Orchard Falcon Saffron Cinder Meadow Quartz
    Willow Anchor Ember Granite Heron Indigo Kestrel Lantern Maple Nimbus Onyx Pebble Quill Raven
    Sable Thistle Umber Velvet Walnut Yarrow Zephyr Alder Birch Clover Drift Echo Fjord
""")
# len(STEMS) + 1 = 41 shares no divisor with any list shorter than 41, so no two companies share a name.
ENDINGS = words("""
    Analytics Labs Commerce Health Mobility Games Robotics Travel Foods Energy Media Bank Insurance
    Sports Learning Retail Telecom Music Security Logistics Fashion Weather Homes Kitchens
""")

WORKSPACES = words("""
    production storefront mobile_app payments internal_bi web_tracking growth staging
    recommendations observability ad_platform checkout
""")
NEW_WORKSPACES = words("""
    core_platform customer_insights realtime shop_2 data_products edge_events
""")

PIPES = words("""
    top_pages checkout_funnel_api active_users_now revenue_by_country search_suggestions
    cart_abandonment latency_percentiles trending_products user_timeline stock_levels daily_signups
    conversion_rate geo_heatmap fraud_score session_replay_index ad_impressions_api leaderboard
    usage_by_plan invoice_lines error_rate_by_service webhook_deliveries feature_flags_exposure
    ab_test_results recommended_items top_referrers churn_signals order_status driver_positions
    delivery_eta playback_quality visits_kpis visits_trend browser_breakdown api_key_usage
    device_telemetry live_scores odds_movements inventory_alerts coupon_redemptions nps_by_week
    health_check
""")

DATA_SOURCES = words("""
    events page_views orders payments_ledger clicks sessions products users_snapshot ad_events
    gps_pings logs search_queries device_metrics emails_sent inventory bets
""")

# The commonest first; None is a client that does not say.
USER_AGENTS: tuple[str | None, ...] = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/605.1",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)",
    "python-requests/2.32.3",
    "axios/1.7.9",
    "okhttp/4.12.0",
    "curl/8.11.0",
    "Grafana/11.4.0",
    "Go-http-client/2.0",
    None,
)
