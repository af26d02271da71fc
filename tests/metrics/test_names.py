from genaiops.metrics.names import names_in, plain_name, possible_names


def test_names_are_capitalized_words_inside_of_a_sentence() -> None:
    assert names_in("Ask Jane in Leeds or NASA.") == ["Jane", "Leeds", "NASA"]
    assert names_in("Penguins swim.") == []


def test_a_name_is_found_in_any_case_and_with_its_endings() -> None:
    words = possible_names("jane's offices in LEEDS")
    assert {plain_name(name) for name in ("Jane", "Office", "Leeds’s")} <= words
    assert plain_name("NASA") not in words
