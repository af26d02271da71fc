from genaiops.records import Case, CaseResult, Completion, EvalRun, NodeRun, Score, Usage
from genaiops.store import StoredResult

RUN = EvalRun(
    id="", eval="assistant", digest="d" * 64, digests={}, metrics=(), planned=2, version="1"
)
ANSWER = Completion(text="é", usage=Usage(input_tokens=3, output_tokens=1, cost_usd=0.1))


def stored(case_id: str, repeat: int = 0, value: float = 1.0) -> StoredResult:
    result = CaseResult(
        case_id=case_id, repeat=repeat, status="scored", scores={"f1": Score(value=value)}
    )
    return StoredResult(
        Case(id=case_id, inputs={"q": "x"}), result, (NodeRun(node="a", kind="prompt"),)
    )
