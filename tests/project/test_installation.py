from genaiops.project.installation import Extra, Installation, Package, read_installation

FOUND = Installation(
    (
        "pydantic<3,>=2.12",
        "no-such-package>=1",
        "pydantic>=1; extra == 'local'",
        'absent.one[x]>=2; python_version < "4" and extra == "chroma"',
        "pytest; extra == 'dev'",
        "pydantic; extra == 'all'",
    )
)


def test_packages_are_told_apart_from_extras() -> None:
    assert [package.name for package in FOUND.packages] == ["pydantic", "no-such-package"]
    assert [package.version is None for package in FOUND.packages] == [False, True]
    assert [extra.name for extra in FOUND.extras] == ["chroma", "local"]


def test_an_extra_is_installed_if_all_of_it_is() -> None:
    chroma, local = FOUND.extras
    assert (chroma.is_installed, local.is_installed) == (False, True)
    assert chroma.packages == (Package("absent.one", None),)
    assert chroma.remedy == 'pip install "genaiops[chroma]"'
    assert FOUND.part("nothing") == Extra("nothing", ())


def test_this_installation_is_read() -> None:
    found = read_installation()
    assert {"pydantic", "typer"} <= {package.name for package in found.packages}
    assert {"local", "ragas"} <= {extra.name for extra in found.extras}
