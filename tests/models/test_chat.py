from genaiops.models.chat import chat_body
from genaiops.records import CompletionRequest, Message, Parameters

ASKED = CompletionRequest(messages=(Message(role="user", content="hi"),))


def test_what_is_not_said_is_not_sent() -> None:
    assert chat_body(ASKED, Parameters()) == {"messages": [{"role": "user", "content": "hi"}]}


def test_what_is_said_has_the_names_of_the_protocol() -> None:
    parameters = Parameters(temperature=0, top_p=0.5, max_tokens=3, seed=1, stop=("x",))
    body = chat_body(ASKED.model_copy(update={"repeat": 1}), parameters)
    del body["messages"]
    assert body == {"temperature": 0, "top_p": 0.5, "max_tokens": 3, "seed": 2, "stop": ["x"]}
