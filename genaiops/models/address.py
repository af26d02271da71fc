"""The address of an endpoint, and the proxy and certificates that the environment names for it."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from genaiops.errors import InputError


def checked_address(base_url: str, label: str) -> SplitResult:
    """The parts of an address that can be asked and shown.

    Raises:
        InputError: it is no address of HTTP, or it holds a name and password.
    """
    try:
        address = urlsplit(base_url)
        is_usable = address.scheme in {"http", "https"} and _is_host(address.hostname or "")
        is_usable = is_usable and "@" not in address.netloc and address.port != 0
    except ValueError:
        is_usable, address = False, urlsplit("")
    if not is_usable:
        shown = "" if "@" in base_url else f" {base_url!r}"
        raise InputError(
            f"{label}: base_url{shown} must be like https://host/v1, with the key in api_key"
        )
    return address


def _is_host(name: str) -> bool:
    """Whether a name can be looked up at all; one that cannot be written in ASCII raises."""
    labels = name.encode("idna" if not name.isascii() else "ascii").removesuffix(b".").split(b".")
    return all(0 < len(label) < 64 for label in labels) and " " not in name


def is_address(base_url: str) -> bool:
    """Whether an endpoint can be asked there."""
    try:
        checked_address(base_url, "")
    except InputError:
        return False
    return True


def proxy_for(url: str, environment: Mapping[str, str]) -> str | None:
    """The proxy of `HTTPS_PROXY`, `HTTP_PROXY` or `ALL_PROXY` unless `NO_PROXY` names the host.

    The lower-case form of a variable comes first.
    """
    parts = urlsplit(url)
    proxy = _variable(f"{parts.scheme}_proxy", environment) or _variable("all_proxy", environment)
    if not proxy or _is_exempt(parts.netloc.rpartition("@")[2], environment):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def certificates(environment: Mapping[str, str], label: str) -> Path | None:
    """The file or folder of certificate authorities to trust instead of the system's.

    Raises:
        InputError: a variable names one that is not there.
    """
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        if path := environment.get(name):
            if not Path(path).exists():
                raise InputError(f"{label}: {name} names {path!r}, which is not there")
            return Path(path)
    return None


def _is_exempt(host_and_port: str, environment: Mapping[str, str]) -> bool:
    """Whether `NO_PROXY` holds the host, a parent domain of it, either with its port, or `*`."""
    host = host_and_port.rpartition(":")[0] or host_and_port
    exempt = [name.strip().lstrip(".") for name in _variable("no_proxy", environment).split(",")]
    return any(
        name == "*" or f".{asked}".endswith(f".{name}")
        for name in exempt
        for asked in (host, host_and_port)
        if name
    )


def _variable(name: str, environment: Mapping[str, str]) -> str:
    return environment.get(name) or environment.get(name.upper()) or ""


def is_loopback(base_url: str) -> bool:
    """Whether an address is one of this machine alone."""
    return urlsplit(base_url).hostname in {"localhost", "127.0.0.1", "::1"}
