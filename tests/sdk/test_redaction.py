"""Secrets are taken out of what leaves the process; what only looks like one stays."""

import json

import pytest

import sightline
from sightline.sdk._redact import redacted
from tests.sdk.sink import Sink

SECRETS = [
    pytest.param("sk-proj-Ab12Cd34Ef56Gh78Ij90Kl", "[redacted key]", id="openai"),
    pytest.param("sk-ant-api03-Ab12Cd34Ef56Gh78Ij90", "[redacted key]", id="anthropic"),
    pytest.param("sk_live_4eC39HqLyjWDarjtT1zdp7dc", "[redacted key]", id="stripe"),
    pytest.param("AKIAIOSFODNN7EXAMPLE", "[redacted aws key]", id="aws"),
    pytest.param("ghp_16C7e42F292c6912E7710c838347Ae178B4a", "[redacted github token]", id="github"),
    pytest.param("glpat-x1y2z3a4b5c6d7e8f9g0", "[redacted gitlab token]", id="gitlab"),
    pytest.param("xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcHrzqqgy", "[redacted slack token]", id="slack"),
    pytest.param("AIzaSyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe", "[redacted google key]", id="google"),
    pytest.param("hf_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7", "[redacted hugging face token]", id="hugging_face"),
    pytest.param(
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U", "[redacted token]", id="jwt"
    ),
    pytest.param("-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----", "[redacted private key]", id="pem"),
    pytest.param("4111 1111 1111 1111", "[redacted card]", id="visa"),
    pytest.param("378282246310005", "[redacted card]", id="amex"),
    pytest.param("5555-5555-5555-4444", "[redacted card]", id="mastercard"),
]


@pytest.mark.parametrize(("secret", "left"), SECRETS)
@pytest.mark.parametrize(
    "around", ["{}", "My key is {} please help.", '{{"note": "{}"}}', "a={}\nb=2"], ids=["bare", "prose", "json", "lines"]
)
def test_a_secret_is_taken_out_wherever_it_stands(secret: str, left: str, around: str) -> None:
    assert redacted(around.format(secret)) == around.format(left)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("password: hunter2hunter2", "password: [redacted secret]"),
        ('{"api_key": "abc123def456ghi"}', '{"api_key": "[redacted secret]"}'),
        (json.dumps(json.dumps({"client_secret": "abc123def456ghi"})), '"{\\"client_secret\\": \\"[redacted secret]\\"}"'),
        ("Authorization: Bearer abcdefghijkl1234567890", "Authorization: Bearer [redacted token]"),
        ("postgres://bob:s3cretpass@db/shop", "postgres://[redacted password]@db/shop"),
        ("DB_PASSWORD=correct9horse8battery", "DB_PASSWORD=[redacted secret]"),
    ],
)
def test_what_a_name_says_is_secret_is_taken_out(said: str, left: str) -> None:
    assert redacted(said) == left


@pytest.mark.parametrize(
    "said",
    [
        "The token count was 1234 and max_tokens=4096.",
        "Order 4111 1111 1111 1112 is on its way.",  # fails its checksum
        "ISBN 978-3-16-148410-0, phone +47 2222 3333",
        "trace 0af7651916cd43dd8448eb211c80319c span b7ad6b7169203331",
        "sk-learn-and-other-libraries",
        "See https://example.com:8080/docs/a1b2?c=d3 for more",
        "The secret: patience. The key is: practice!",
        "password: please choose one",
        "550e8400-e29b-41d4-a716-446655440000",
        "1732550400000000000",
        "2026-11-25 10:00:00.123456 took 1000 2000 3000 4000 ms",
    ],
)
def test_what_only_looks_like_a_secret_stays(said: str) -> None:
    assert redacted(said) == said


def test_nothing_secret_is_sent_in_content_events_or_status(sink: Sink) -> None:
    key = "sk-proj-Ab12Cd34Ef56Gh78Ij90Kl"

    @sightline.step
    def asks() -> None:
        sightline.current().messages([{"role": "user", "content": f"use {key}"}], "ok")
        sightline.current().set({"notes": [f"a {key}", "b"]})
        raise ValueError(f"bad key {key}")

    with pytest.raises(ValueError, match="sk-proj"):
        asks()
    span = sink.span("asks")
    assert key not in str(span)
    assert span.attributes["notes"] == ["a [redacted key]", "b"]
    assert span.status_message == "ValueError: bad key [redacted key]"


def test_redaction_can_be_switched_off(sink: Sink) -> None:
    sightline.init(redact=False)
    try:
        with sightline.step("asks") as this:
            this.input("sk-proj-Ab12Cd34Ef56Gh78Ij90Kl")
        assert sink.span("asks").attributes["input.value"] == "sk-proj-Ab12Cd34Ef56Gh78Ij90Kl"
    finally:
        sightline.init(redact=True)
