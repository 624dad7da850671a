"""Where a customer's page and what belongs to it are found."""

from dataclasses import dataclass

PREVIEW = "360x640"
"""The size of the card that the closing slide shows."""


@dataclass(frozen=True)
class Links:
    """Addresses of one customer's page; all but `absolute` are paths on the same origin."""

    key: str
    """The url_key."""

    static: str
    """Where the scripts and fonts are, with their digest: "/static/0a1b2c"."""

    origin: str = ""
    """What shared addresses start with: "https://wrapped.example.com"."""

    has_film: bool = False
    """Whether story.mp4 is there."""

    comparisons: str = "/wrapped/about/comparisons"

    @property
    def page(self) -> str:
        return f"/wrapped/{self.key}"

    def under(self, name: str) -> str:
        """Something that belongs to the page: "story.json"."""
        return f"{self.page}/{name}"

    def card(self, name: str, size: str, form: str) -> str:
        """A card: ("summary", "1080x1920", "png")."""
        return self.under(f"cards/{name}-{size}.{form}")

    @staticmethod
    def dark(path: str) -> str:
        """The same card or film on dark ground."""
        return f"{path}?theme=dark"

    def absolute(self, path: str) -> str:
        """The path as an address that can leave the page."""
        return f"{self.origin}{path}"
