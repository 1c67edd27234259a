"""The kinds of values that stand in policy files, each with the sentence a wrong one gets."""

from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema

from governance.domain.numbers import LEVELS
from governance.domain.policy import Value
from governance.domain.vocabulary import Stage, Tier

TIERS = (Tier.LOW, Tier.MEDIUM, Tier.HIGH)
"""Those that can pass a gate."""

MARK = "#"
"""Begins the names of alternatives in the locations of faults; not part of the file."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Closed(Strict):
    """Members of closed sets come as text, so models that hold them are not strict about the type."""

    model_config = ConfigDict(extra="forbid", strict=False, frozen=True)


def _amount(value: Any) -> Value:
    """A number, a level, or the two ends of `between`."""
    match value:
        case bool():
            raise ValueError("a number or a level (A0 to A5) is asked for")
        case int() | Decimal():
            return Decimal(value)
        case str() if value in LEVELS:
            return value
        case [(int() | Decimal()) as low, (int() | Decimal()) as high] if low < high:
            return Decimal(low), Decimal(high)
        case list():
            raise ValueError("two numbers are asked for, the smaller first")
        case _:
            raise ValueError("a number or a level (A0 to A5) is asked for")


def _amount_by_tier(value: Any) -> Value | dict[Tier, Value] | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        return _amount(value)
    if set(value) != {tier.value for tier in TIERS}:
        raise ValueError("a value by tier names low, medium and high, each once")
    return {tier: _amount(value[tier.value]) for tier in TIERS}


def _number(value: Any) -> Decimal | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("a number is asked for")
    return Decimal(value)


def _exact(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value < 0:
        raise ValueError("a number of 0 or more is asked for")
    return Decimal(value)


def _share(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= 1:
        raise ValueError("a share is asked for: a number from 0 to 1")
    return Decimal(value)


def _sentence(value: str) -> str:
    if not value.strip():
        raise ValueError("words are asked for")
    return value.strip()


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


RANGE = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
AMOUNT = {"anyOf": [{"type": "number"}, {"enum": list(LEVELS)}, RANGE]}
BY_TIER = {
    "type": "object",
    "properties": {tier.value: AMOUNT for tier in TIERS},
    "required": [tier.value for tier in TIERS],
    "additionalProperties": False,
}
NAME, DURATION = r"^[A-Za-z][A-Za-z0-9_-]{0,59}$", r"^[0-9]{1,4}[mhd]$"

AmountByTier: TypeAlias = Annotated[
    Value | dict[Tier, Value] | None,
    PlainValidator(_amount_by_tier),
    WithJsonSchema({"anyOf": [{"type": "null"}, *AMOUNT["anyOf"], BY_TIER]}),
]
Number: TypeAlias = Annotated[Decimal | None, PlainValidator(_number), WithJsonSchema({"type": ["number", "null"]})]
Amount: TypeAlias = Annotated[Decimal, PlainValidator(_exact), WithJsonSchema({"type": "number", "minimum": 0})]
Share: TypeAlias = Annotated[Decimal, PlainValidator(_share), WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1})]
StringOrMore = BeforeValidator(_listed, json_schema_input_type=str | list[str])
StageOrMore = BeforeValidator(_listed, json_schema_input_type=Stage | list[Stage])
"""A list, or the only entry of one."""

Id: TypeAlias = Annotated[str, Field(pattern=NAME, examples=["x"])]
Name: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,59}$", examples=["x"])]
"""What a condition can say after `facts.`"""

Plain: TypeAlias = Annotated[str, Field(pattern=r"^[!-~]([ -~]{0,78}[!-~])?$", examples=["x"])]
"""A name that may hold any plain sign."""

OTHER_NAME = r"^[!-~]([ -~]{0,58}[!-~])?$"
OtherName: TypeAlias = Annotated[str, Field(pattern=OTHER_NAME, examples=["x"])]
"""What a pipeline or a spreadsheet may call something: plain signs, spaces inside."""

STATUS, WHEN = r"^(current|superseded|verify)(,.*)?$", r"^(unknown|[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?)$"
LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$"
"""A tag of BCP 47 as it is usually written."""

Status: TypeAlias = Annotated[str, Field(pattern=STATUS, examples=["current"])]
"""Of a catalogue; what is still open stands after a comma."""
When: TypeAlias = Annotated[str, Field(pattern=WHEN, examples=["2024-08-01"])]
"""A year, a month or a day, as precise as the source is."""

LONGEST_SENTENCE = 300
Sentence: TypeAlias = Annotated[str, Field(max_length=LONGEST_SENTENCE, examples=["x"]), AfterValidator(_sentence)]
"""One sentence of words that people read and keep."""

Days: TypeAlias = Annotated[int, Field(ge=1, le=36_525, strict=True)]
Percent: TypeAlias = Annotated[int, Field(ge=1, le=100, strict=True)]
Level: TypeAlias = Literal["A0", "A1", "A2", "A3", "A4", "A5"]
PassableTier: TypeAlias = Literal[Tier.LOW, Tier.MEDIUM, Tier.HIGH]
FactValue: TypeAlias = bool | str
