"""What an image installs is what is installed here, of what its release needs."""

from importlib.metadata import version

from genaiops import __version__
from genaiops.project.pins import pins_of, requirements_of


def test_the_requirements_are_the_packages_of_the_release_with_the_extras_it_needs() -> None:
    packages = {"genaiops": "0.1.0", "python": "3.12", "PyYAML": "6.0.3"}
    assert requirements_of(packages, ()) == ("genaiops==0.1.0", "PyYAML==6.0.3")
    assert requirements_of(packages, {"local", "chroma"})[0] == "genaiops[chroma,local]==0.1.0"


def test_what_is_needed_at_any_depth_is_pinned_once_as_it_is_installed() -> None:
    pins = pins_of((f"genaiops=={__version__}",))
    assert f"genaiops=={__version__}" in pins
    assert f"pydantic-core=={version('pydantic-core')}" in pins
    assert [pin.partition("==")[0] for pin in pins] == sorted(
        {pin.partition("==")[0] for pin in pins}
    )


def test_what_only_other_extras_need_is_left_out() -> None:
    core, local = pins_of(("genaiops",)), pins_of(("genaiops[local]",))
    assert set(core) < set(local)
    assert f"tokenizers=={version('tokenizers')}" in set(local) - set(core)
    assert not any(pin.startswith("pytest==") for pin in local)


def test_what_is_not_installed_has_no_pin() -> None:
    assert pins_of(("no-such-package==1",)) == ()
