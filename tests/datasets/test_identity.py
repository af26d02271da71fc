from genaiops.datasets.identity import Identities, base_id
from genaiops.datasets.written import WrittenCase


def test_equal_inputs_are_numbered_in_the_order_of_the_file() -> None:
    written = [WrittenCase(n, {"q": q}) for n, q in enumerate("abaab")]
    made = {base_id(each) for each in written}
    first = Identities(made)
    ids = [first.case(each).id for each in written]
    a, b = ids[0], ids[1]
    assert (len(a), ids) == (12, [a, b, f"{a}-2", f"{a}-3", f"{b}-2"])
    assert first.repeated == made
    again = Identities(first.repeated)
    assert [again.case(each).id for each in written] == ids


def test_an_id_that_is_written_stays() -> None:
    written = WrittenCase(1, {"q": "a"}, id="one")
    assert Identities({"one"}).case(written).id == base_id(written) == "one"


def test_only_what_is_repeated_is_counted() -> None:
    identities = Identities(frozenset())
    ids = {identities.case(WrittenCase(1, {"q": "a"})).id for _ in range(2)}
    assert (len(ids), identities.repeated) == (1, frozenset())
