"""What sets a sentence that gives orders to a model apart from one that tells or asks. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence

_ORDERS = (
    r"add|adopt|alter|analy[sz]e|anagram|answer|append|apply|arrange|assume|augment|automate|begin"
    r"|break down|change|combine|compose|compress|conclude|convert|create|decode|deliver|describe"
    r"|design|detail|develop|disregard|disguise|draft|embed|emphasi[sz]e|encode|encrypt|end|enhance"
    r"|ensure|execute|exhibit|explain|express|finish|forget|format|generate|give|group|highlight"
    r"|ignore|imagine|implement|include|incorporate|infuse|insert|integrate|interleave|introduce"
    r"|invert|jumble|list|make|merge|misspell|mention|mix|modify|narrate|omit|output|outline"
    r"|paraphrase|plan|play|pretend|print|produce|promote|propose|provide|rearrange|recommend"
    r"|remove|render|repeat|rephrase|replace|reply|report|respond|return|reveal|reverse|rewrite"
    r"|say|scramble|share|shift|show|simulate|solve|speak|spread|start|stop|substitute|suggest"
    r"|summari[sz]e|swap|switch|talk|teach|tell|translate|transform|use|utili[sz]e|work out|write"
)
_OUTPUT = (
    r"(?:answers?|response|reply|replies|output|message|completion|summary|next (?:sentence|words?)"
    r"|code(?:base)?|solution|implementation|text|words?|letters?)"
)
_POLITE = r"(?:(?:please|now|then|next|also|first|finally|instead|just|always|never|so|and)[,:]? )*"
_FEATURES: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "overrides": (
            r"\b(?:ignor\w*|disregard\w*|forget|overrid\w*|bypass\w*|discard|drop|cancel|skip"
            r"|stop following|do not follow|pay no attention to)\b[^.!?\n]{0,40}\b(?:instructions?"
            r"|prompts?|rules?|guidelines?|polic\w+|commands?|directions?|orders?|constraints?"
            r"|safety|context|everything|(?:above|before|earlier|previous|prior) (?:text|words?))\b"
        ),
        "new orders": (
            r"\b(?:new|real|actual|updated|important|hidden|secret|following) (?:instructions?"
            r"|task|orders?|rules?|directives?|system prompt)\b|\binstead,? (?:say|write|do|answer)"
        ),
        "names the prompt": (
            r"\b(?:system|initial|original|hidden|developer|your own) (?:prompt|message"
            r"|instructions?)"
            r"|\byour (?:instructions|prompt|rules|guidelines|programming|configuration)\b"
            r"|\b(?:text|words|everything|lines) above\b"
        ),
        "another role": (
            r"\b(?:you are|you're) (?:now|no longer|going to be)\b|\b(?:act|behave"
            r"|speak) as (?:if|an?"
            r"|the)\b|\bpretend\b|\brole-?play\b|\bfrom now on\b|\bstay in character\b"
        ),
        "without limits": (
            r"\b(?:jailbr\w+|unrestricted|uncensored|unfiltered|developer mode|god mode|dan mode"
            r"|do anything now)\b|\b(?:no|without|any|free of) (?:\w+ )?(?:restrictions|limits"
            r"|filters?|censorship|guidelines|ethic\w*|moral\w*|disclaimers?|warnings?)\b"
        ),
        "marks a role": (
            r"^\W{0,3}(?:system|assistant|developer|admin)\b\W{0,3}:|<\|?/?(?:im_start"
            r"|im_end|system"
            r"|inst|sys|assistant)|\[/?(?:inst|system|admin)\]|^#{2,} ?(?:system|instruction)"
        ),
        "speaks to a model": (
            r"\b(?:assistant|chatbot|ai|llm|language model|gpt|summari[sz]er|bot)s?\b[^.!?\n]{0,40}"
            r"\b(?:must|should|shall|need|have to|will|reading|process\w*|:)|\b(?:note|attention"
            r"|message) (?:to|for) (?:the )?(?:ai|assistant|model|bot|llm)"
        ),
        "speaks of the answer": rf"\b(?:your|the) (?:\w+ )?{_OUTPUT}\b",
        "in the answer": (
            rf"\b(?:in|to|into|with|within|of|from|throughout|for) (?:your"
            rf"|the) (?:\w+ )?{_OUTPUT}\b"
        ),
        "begins with an order": rf"^\W*{_POLITE}(?:{_ORDERS})\b",
        "order after a comma": rf"[,:;] (?:{_ORDERS})\b",
        "asks for an order": (
            rf"\b(?:can|could|would|will) you (?:\w+ )?(?:{_ORDERS})\b|\bi (?:want|need) you to\b"
        ),
        "asks for facts": (
            r"^\W*(?:what|who|whose|which|when|where|how|why)(?:'s| is| are| was| were| do"
            r"| does| did"
            r"| can| many| much| old| far)\b[^?]{4,120}\?"
        ),
        "in another form": (
            r"\b(?:in|into|to|using|with|as) (?:\w+ )?(?:french|german|spanish|italian|japanese"
            r"|chinese|russian|latin|emojis?|anagrams?|base-?64|base encoding|hex\w*|binary|morse"
            r"|rot-?13|caesar|cipher|code|leet\w*|reverse|rhymes?|symbols?|typos?|vowels?"
            r"|pig latin)\b"
        ),
        "behind the back": (
            r"\b(?:do not|don't|never|without) (?:tell\w*|mention\w*|reveal\w*|disclos\w*|show\w*"
            r"|inform\w*|warn\w*|say\w*)\b[^.!?\n]{0,30}\b(?:user|this|anyone|instruction|that you)"
            r"|\b(?:secretly|silently|covertly|discreetly)\b"
        ),
        "sends it away": (
            r"\b(?:send|forward|e-?mail|post|upload|leak|transmit"
            r"|copy)\b[^.!?\n]{0,60}\b(?:to|at)\b"
            r"[^.!?\n]{0,30}(?:@|https?:|www\.)|!\[[^\]]{0,80}\]\(https?:"
        ),
        "promotes a place": (
            r"\b(?:link\w*|visit|download|install|direct\w*|promot\w+|join|click|go)\b[^!?\n]{0,60}"
            r"(?:https?:|www\.|\b[\w-]{3,40}\.(?:com|net|org|xyz|io)\b)"
        ),
        "code": (
            r"```|^\s*(?:import|from) \w+(?:\.\w+)*(?:, \w+)*(?: import \w+)?\s*$"
            r"|\b\w+\.\w+\([^)\n]*\)"
            r"|\b(?:code|snippet) (?:\w+ )?(?:block|section|excerpt|snippet|below|following)\b"
        ),
        "blob": r"\b[A-Za-z0-9+/]{40,}={0,2}",
        "of oneself": r"\b(?:i|i'm|i've|my|me|mine|we|our|us|am i)\b",
        "of a matter": (
            r"\b(?:card|account|bank\w*|payment|transfer|refund|invoice|receipt|order|bill"
            r"|fee|charge"
            r"|balance|pin|password|app|subscription|money|cash|transaction|delivery|tariff"
            r"|meter)s?\b"
        ),
    }.items()
}
_BREAK = re.compile(r"(?<=[.!?])[\"')\]]*\s+|(?<=[a-z][.!?])(?=[A-Z])|[|\n\r]+")
LONGEST = 600
"""Characters of a sentence that are looked at."""

NAMES = tuple(_FEATURES)


def sentences_of(text: str) -> Iterator[str]:
    """The sentences and lines of a text."""
    for piece in _BREAK.split(text):
        if piece and not piece.isspace():
            yield piece.strip()


def features_of(sentence: str) -> Sequence[float]:
    """1 or 0 for each of `NAMES`, in their order."""
    seen = sentence[:LONGEST]
    return [float(pattern.search(seen) is not None) for pattern in _FEATURES.values()]
