"""LangGraph's cases, for whoever instruments it: imported after the instrumentation is on."""

# mypy: ignore-errors

import operator
from typing import Annotated, Any, TypedDict

import openai
from _case import ASK, MODEL, case, get_weather
from langchain.agents import create_agent
from langchain_openai import ChatOpenAI
from langgraph.graph import END, START, StateGraph


class State(TypedDict, total=False):
    """What travels along the edges."""

    question: str
    notes: Annotated[list[str], operator.add]
    answer: str


llm = ChatOpenAI(model=MODEL, max_retries=0)


def look_up(state: State) -> State:
    """A note without a model."""
    return {"notes": [f"looked up {state['question']}"]}


def ask_policy(state: State) -> State:
    """A note from the model."""
    return {"notes": [llm.invoke(state["question"]).text]}


def answer(state: State) -> State:
    """The model's answer from the notes."""
    return {"answer": llm.invoke([("system", "\n".join(state["notes"])), ("user", state["question"])]).text}


def graph() -> Any:
    """Two branches at once, joined in an answer."""
    made = StateGraph(State)
    for node in (look_up, ask_policy, answer):
        made.add_node(node.__name__, node)
    made.add_edge(START, "look_up")
    made.add_edge(START, "ask_policy")
    made.add_edge(["look_up", "ask_policy"], "answer")
    made.add_edge("answer", END)
    return made.compile(name="support_graph")


def record() -> None:
    """Every case once."""
    config: Any = {"configurable": {"thread_id": "s-42"}, "metadata": {"user_id": "u-17", "session_id": "s-42"}}
    agent = create_agent(llm, [get_weather], name="weather_agent")
    asked: Any = {"messages": [("user", "TOOL weather in Oslo?")]}
    with case("graph"):
        graph().invoke({"question": ASK}, config)
    with case("agent"):
        agent.invoke(asked, config)
    with case("agent_stream"):
        list(agent.stream(asked, config, stream_mode="messages"))
    with case("error429", expect=openai.RateLimitError):
        graph().invoke({"question": "ERR429"}, config)
