"""The two ways into Google: the Gemini API with its key, and Vertex AI with an express key or a project's access token."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.errors import BadCredentials, InvalidInput
from bot.domain.model import Model

GEMINI, VERTEX = "gemini", "vertex"
DOORS = (GEMINI, VERTEX)
GEMINI_URL = "https://generativelanguage.googleapis.com"
USUAL_LOCATION = "us-central1"
_GEMINI_WRONG = "Tell your operator to make a new key in Google AI Studio and set GEMINI_API_KEY."
_EXPRESS_WRONG = "Tell your operator to check VERTEX_API_KEY and that its project may use Vertex AI."
_TIME_OUT = (
    "Tell your operator: an access token lasts an hour. Set GOOGLE_ACCESS_TOKEN to a new one "
    "(gcloud auth print-access-token), or VERTEX_API_KEY, which lasts."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """`headers` carry the key; `models` is the path that models are under; `mend` what to do where the key is not taken."""

    name: str
    base_url: str
    headers: Mapping[str, str] = field(repr=False)
    key_name: str
    mend: str
    region: str = ""
    models: str = ""


def door_of(model: Model) -> str:
    """Which door a model of models.toml is behind. Raises InvalidInput."""
    door = dict(model.wire).get("door", "")
    if door not in DOORS:
        raise InvalidInput(
            f"nothing says how {model.title} is reached",
            mend=f'Tell your operator to give {model.id} wire = {{ door = "{GEMINI}" }} or {{ door = "{VERTEX}" }}.',
        )
    return door


def open_door(name: str, settings: Mapping[str, str]) -> Door:
    """Raises BadCredentials where the settings do not open it."""
    return _gemini(settings) if name == GEMINI else _vertex(settings)


def _gemini(settings: Mapping[str, str]) -> Door:
    key = settings.get("api_key")
    if not key:
        raise BadCredentials("GEMINI_API_KEY is not set", mend="Tell your operator to set GEMINI_API_KEY.")
    return Door(
        name=GEMINI,
        base_url=settings.get("base_url") or GEMINI_URL,
        headers={"x-goog-api-key": key},
        key_name="GEMINI_API_KEY",
        mend=_GEMINI_WRONG,
    )


def _vertex(settings: Mapping[str, str]) -> Door:
    """The express key first: it lasts, a token does not."""
    own = settings.get("vertex_base_url")
    if key := settings.get("vertex_api_key"):
        return Door(
            name=VERTEX,
            base_url=own or _host("global"),
            headers={"x-goog-api-key": key},
            key_name="VERTEX_API_KEY",
            mend=_EXPRESS_WRONG,
            models="v1beta1/publishers/google/models/",
        )
    token, project = settings.get("access_token"), settings.get("project")
    location = settings.get("location") or USUAL_LOCATION
    if not token or not project:
        lacks = "VERTEX_API_KEY, or GOOGLE_ACCESS_TOKEN and GOOGLE_CLOUD_PROJECT"
        raise BadCredentials("no key for Vertex AI is set", mend=f"Tell your operator to set {lacks}.")
    return Door(
        name=VERTEX,
        base_url=own or _host(location),
        headers={"authorization": f"Bearer {token}"},
        key_name="GOOGLE_ACCESS_TOKEN",
        mend=_TIME_OUT,
        region=location,
        models=f"v1beta1/projects/{project}/locations/{location}/publishers/google/models/",
    )


def _host(location: str) -> str:
    return f"https://{'' if location == 'global' else f'{location}-'}aiplatform.googleapis.com"
