"""Pairs of English words that mean the opposite of each other. Pure."""

from collections.abc import Mapping

from genaiops.metrics.tokens import stem_of

_TEXT = """
more/less more/fewer higher/lower high/low increase/decrease increase/reduce rise/fall raise/lower
up/down above/below over/under before/after earlier/later early/late first/last minimum/maximum
least/most begin/end start/end start/finish open/closed open/shut open/close include/exclude
include/omit allow/forbid allow/prohibit permit/prohibit accept/refuse accept/reject approve/reject
agree/disagree possible/impossible free/paid same/different larger/smaller large/small big/small
long/short longer/shorter fast/slow faster/slower old/new older/younger older/newer cheap/expensive
cheaper/dearer cheaper/expensive better/worse best/worst good/bad win/lose won/lost buy/sell
bought/sold buyer/seller import/export credit/debit credit/debt lender/borrower landlord/tenant
employer/employee day/night morning/evening north/south east/west left/right male/female man/woman
husband/wife father/mother son/daughter brother/sister winter/summer safe/dangerous true/false
correct/wrong right/wrong success/failure succeed/fail strong/weak positive/negative public/private
local/national internal/external inside/outside indoor/outdoor single/married alive/dead born/died
add/remove gain/loss profit/loss optional/mandatory voluntary/compulsory optional/required
temporary/permanent always/never always/sometimes everyone/nobody all/none all/some both/neither
majority/minority inner/outer upper/lower top/bottom front/back near/far enter/leave arrive/depart
attack/defend love/hate like/dislike happy/sad rich/poor hot/cold warm/cool wet/dry heavy/light
dark/bright full/empty legal/illegal common/rare often/rarely often/seldom frequent/rare
easy/difficult easy/hard simple/complex ancient/modern active/passive major/minor senior/junior
domestic/foreign urban/rural natural/artificial with/without support/oppose encourage/discourage
present/absent exist/disappear guilty/innocent ally/enemy victory/defeat cause/prevent help/harm
improve/worsen expand/shrink grow/shrink accelerate/slow connect/disconnect install/remove
lock/unlock valid/invalid able/unable known/unknown likely/unlikely usual/unusual
sufficient/insufficient automatic/manual weekday/weekend daily/monthly weekly/monthly monthly/yearly
daily/weekly original/copy sender/recipient debtor/creditor supplier/customer teacher/student
parent/child
"""

PAIRS = tuple((left, right) for left, _, right in (pair.partition("/") for pair in _TEXT.split()))


def _opposites() -> dict[str, frozenset[str]]:
    found = dict[str, frozenset[str]]()
    for pair in PAIRS:
        left, right = map(stem_of, pair)
        found[left] = found.get(left, frozenset()) | {right}
        found[right] = found.get(right, frozenset()) | {left}
    return found


OPPOSITES: Mapping[str, frozenset[str]] = _opposites()
"""A word, as its stem, and the stems of those that say the opposite."""
