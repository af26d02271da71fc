"""What is written down: calls, flow runs, scores, evaluations and verdicts. Frozen, plain JSON."""

from genaiops.records.calibrations import AnsweredRun, Calibration, LabelledAnswer
from genaiops.records.calls import Completion, CompletionRequest, Parameters, TokenLogprob, Usage
from genaiops.records.evaluations import (
    Baseline,
    CaseResult,
    CaseScores,
    EvalRun,
    Looks,
    RunScores,
)
from genaiops.records.failures import WORST_KINDS, Failure
from genaiops.records.flow_runs import FlowRun, NodeRun
from genaiops.records.messages import GoldPassage, Message, Passage, Tool, ToolCall
from genaiops.records.record import Record
from genaiops.records.scores import NOT_APPLICABLE, Case, Direction, MetricInfo, Score
from genaiops.records.verdicts import CalibrationWord, Decision, Estimate, Unstable, Verdict, Word

__all__ = [
    "NOT_APPLICABLE",
    "WORST_KINDS",
    "AnsweredRun",
    "Baseline",
    "Calibration",
    "CalibrationWord",
    "Case",
    "CaseResult",
    "CaseScores",
    "Completion",
    "CompletionRequest",
    "Decision",
    "Direction",
    "Estimate",
    "EvalRun",
    "Failure",
    "FlowRun",
    "GoldPassage",
    "LabelledAnswer",
    "Looks",
    "Message",
    "MetricInfo",
    "NodeRun",
    "Parameters",
    "Passage",
    "Record",
    "RunScores",
    "Score",
    "TokenLogprob",
    "Tool",
    "ToolCall",
    "Unstable",
    "Usage",
    "Verdict",
    "Word",
]
