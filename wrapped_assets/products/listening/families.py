"""What a listener's year is made of: plays of tracks; and the catalog that says what was played and by whom."""

from wrapped_assets.families import Column, Dimension, Family, counter, label, optional_name, text

USER = Column("user_id", "text", "Internal id of the listener, one in all regions.", blank_is_null=True)
TRACK = text("track_id", "Id of the track in the catalog.")
ARTIST = label("artist_id", "Id of the artist in the catalog.")
ALBUM = text("album_id", "Id of the album in the catalog.", nullable=True)
EXPORTED_AT = Column("exported_at", "instant", "When the row was exported: its version.")

PLAYS = Family(
    name="plays",
    product="listening",
    one_row_is="one play of one track",
    event_time="ts",
    subject="user_id",
    key=("user_id", "track_id", "ts"),
    # The first of the contents settles two versions of one instant: the longer play wins.
    columns=(
        USER,
        TRACK,
        Column("ts", "instant", "When the play began, UTC, to the millisecond."),
        counter("ms_played", "Milliseconds played, as the client reports them."),
        ARTIST,
        ALBUM,
        label("source", "Where the play was started, such as `playlist`.", nullable=True),
        label("device_class", "What it was played on, such as `phone`.", nullable=True),
        label("country", "Where it was played.", nullable=True),
        label("region", "Name of the region that logged the play."),
        EXPORTED_AT,
    ),
    rollups=(),
)

ARTISTS = Dimension(
    name="artists",
    product="listening",
    one_row_is="one artist",
    key=("artist_id",),
    columns=(
        text("artist_id", "Id of the artist."),
        optional_name("name", "The artist's name."),
        text("image_url", "A picture of the artist.", nullable=True),
        optional_name("genre", "The artist's genre, as `genres` knows it."),
        EXPORTED_AT,
    ),
)

TRACKS = Dimension(
    name="tracks",
    product="listening",
    one_row_is="one track",
    key=("track_id",),
    columns=(
        TRACK,
        optional_name("title", "The track's title."),
        text("artist_id", "Id of its artist."),
        ALBUM,
        counter("duration_ms", "Its length in milliseconds.", nullable=True),
        text("isrc", "International standard recording code.", nullable=True),
        counter("tempo", "Beats per minute.", nullable=True),
        counter("energy", "From 0 to 1,000.", nullable=True),
        counter("valence", "From 0 (sad) to 1,000 (cheerful).", nullable=True),
        EXPORTED_AT,
    ),
)

TRACK_ALIASES = Dimension(
    name="track_aliases",
    product="listening",
    one_row_is="one id of a track that another id stands for",
    key=("track_id",),
    columns=(
        text("track_id", "The id that plays may name."),
        text("canonical_track_id", "The id under which they are counted; it may be an alias in turn."),
        EXPORTED_AT,
    ),
)

GENRES = Dimension(
    name="genres",
    product="listening",
    one_row_is="one genre",
    key=("genre",),
    columns=(
        text("genre", "The genre's name."),
        optional_name("parent", "The genre it is a part of, under which it is counted."),
        counter("hue", "Its colour, in degrees from 0 to 359.", nullable=True),
        label("cluster", "The family of genres that it is drawn with.", nullable=True),
        EXPORTED_AT,
    ),
)

LISTENERS = Dimension(
    name="listeners",
    product="listening",
    one_row_is="one listener",
    key=("user_id",),
    columns=(
        USER,
        optional_name("display_name", "What the listener is called."),
        optional_name(
            "time_zone", "The listener's IANA time zone, such as `Europe/Madrid`; UTC where it is not said."
        ),
        Column("opted_out", "flag", "1 when the listener wants no Wrapped, else 0.", nullable=True),
        EXPORTED_AT,
    ),
)

FAMILIES = {PLAYS.name: PLAYS}
DIMENSIONS = {each.name: each for each in (ARTISTS, TRACKS, TRACK_ALIASES, GENRES, LISTENERS)}
