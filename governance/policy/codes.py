"""The closed set of what can be wrong with a policy. A code keeps its meaning, so programs may rely on it; messages may be reworded."""

from collections.abc import Mapping
from enum import StrEnum


class Level(StrEnum):
    """An error keeps a policy from being used; a warning deserves a look."""

    ERROR = "error"
    WARNING = "warning"


class Code(StrEnum):
    NO_FILES = "no-files"
    FILE_ENDING = "file-ending"
    UNREADABLE_FILE = "unreadable-file"
    NOT_UTF8 = "not-utf8"
    BYTE_ORDER_MARK = "byte-order-mark"
    LONE_SURROGATE = "lone-surrogate"
    TOO_LARGE = "too-large"
    TOO_DEEP = "too-deep"
    YAML_SYNTAX = "yaml-syntax"
    TAB = "tab"
    ANCHOR_OR_ALIAS = "anchor-or-alias"
    TAG = "tag"
    MERGE_KEY = "merge-key"
    KEY_NOT_A_WORD = "key-not-a-word"
    DUPLICATE_KEY = "duplicate-key"
    TOO_MANY_FAULTS = "too-many-faults"

    NOT_KEYS_AND_VALUES = "not-keys-and-values"
    UNKNOWN_KEY = "unknown-key"
    MISSING_KEY = "missing-key"
    UNKNOWN_WORD = "unknown-word"
    WRONG_TYPE = "wrong-type"
    WRONG_VALUE = "wrong-value"
    FOREIGN_LETTER = "foreign-letter"
    DOES_NOT_FIT = "does-not-fit"

    MISSING_SECTION = "missing-section"
    SECTION_TWICE = "section-twice"
    NO_GATE = "no-gate"
    DUPLICATE_ID = "duplicate-id"
    UNKNOWN_FRAMEWORK = "unknown-framework"
    UNKNOWN_CLAUSE = "unknown-clause"
    UNKNOWN_GATE = "unknown-gate"
    UNKNOWN_SOURCE = "unknown-source"
    UNKNOWN_LIMIT = "unknown-limit"
    UNKNOWN_METRIC = "unknown-metric"
    METRIC_NAME = "metric-name"
    METRIC_MISFIT = "metric-misfit"
    UNKNOWN_RECORD = "unknown-record"
    UNKNOWN_QUESTION = "unknown-question"
    UNKNOWN_STATEMENT = "unknown-statement"
    UNKNOWN_FACT = "unknown-fact"
    UNKNOWN_TEXT = "unknown-text"

    CONDITION_SYNTAX = "condition-syntax"
    CONDITION_TOO_COSTLY = "condition-too-costly"
    UNKNOWN_FUNCTION = "unknown-function"
    UNKNOWN_NAME = "unknown-name"
    IMPOSSIBLE_VALUE = "impossible-value"
    NOT_YES_OR_NO = "not-yes-or-no"
    TIER_TOO_EARLY = "tier-too-early"

    GATE_KIND = "gate-kind"
    GATE_UNREACHABLE = "gate-unreachable"
    CYCLE = "cycle"
    FUNCTION_WITHOUT_SEAT = "function-without-seat"
    SEAT_COVERS = "seat-covers"
    ANSWERED_BY = "answered-by"
    THRESHOLD_LIMIT = "threshold-limit"
    COMPARATOR_MISFIT = "comparator-misfit"
    BAND_GAP = "band-gap"
    BAND_ORDER = "band-order"
    MAX_SCORE = "max-score"
    CONDITIONS_EXCLUDE = "conditions-exclude"
    FACT_SOURCE = "fact-source"
    FACT_OPEN = "fact-open"
    FACT_VALUES = "fact-values"

    ALWAYS_TRUE = "always-true"
    ALWAYS_FALSE = "always-false"
    ITEM_UNREACHED = "item-unreached"
    NEVER_PASSES = "never-passes"
    SUPERSEDED_FRAMEWORK = "superseded-framework"
    UNUSED_METRIC = "unused-metric"
    UNTRANSLATED = "untranslated"


MEANINGS: Mapping[Code, str] = {
    Code.NO_FILES: "The folder holds no file of a policy.",
    Code.FILE_ENDING: "A file that was meant to be part of the policy has another ending than .yaml, so nobody would read it.",
    Code.UNREADABLE_FILE: "A file cannot be opened or read.",
    Code.NOT_UTF8: "A file is not encoded as UTF-8.",
    Code.BYTE_ORDER_MARK: "A file starts with a byte order mark.",
    Code.LONE_SURROGATE: "A file holds half a character.",
    Code.TOO_LARGE: "A file is larger than a policy file may be.",
    Code.TOO_DEEP: "A file is nested deeper, or has more entries, than a policy file may have.",
    Code.YAML_SYNTAX: "The text is not YAML.",
    Code.TAB: "A tab indents a line; YAML asks for spaces.",
    Code.ANCHOR_OR_ALIAS: "Anchors and aliases are not allowed: a reviewer has to see what stands where.",
    Code.TAG: "YAML tags are not allowed.",
    Code.MERGE_KEY: "Merging with << is not allowed.",
    Code.KEY_NOT_A_WORD: "A key is a list, or keys and values, instead of a word.",
    Code.DUPLICATE_KEY: "A key stands twice in one place.",
    Code.TOO_MANY_FAULTS: "More faults than anybody reads at once; the rest is shown when these are mended.",
    Code.NOT_KEYS_AND_VALUES: "A file holds something else than keys and values.",
    Code.UNKNOWN_KEY: "A key that has no meaning at its place.",
    Code.MISSING_KEY: "A key that has to be there is not.",
    Code.UNKNOWN_WORD: "A word outside the closed set that is asked for, such as a function, a severity or a comparator.",
    Code.WRONG_TYPE: "A value of another type than asked for.",
    Code.WRONG_VALUE: "A value of the right type that is not allowed, such as a number out of range.",
    Code.FOREIGN_LETTER: "A name holds a letter of another script, which may look like one of ours.",
    Code.DOES_NOT_FIT: "What stands here does not fit what stands elsewhere.",
    Code.MISSING_SECTION: "No file has a section that every policy needs.",
    Code.SECTION_TWICE: "A section stands in two files.",
    Code.NO_GATE: "The policy has no gate.",
    Code.DUPLICATE_ID: "Two things have the same id.",
    Code.UNKNOWN_FRAMEWORK: "A mapping to a framework that is not in the catalogues.",
    Code.UNKNOWN_CLAUSE: "A mapping to a clause that its framework does not have.",
    Code.UNKNOWN_GATE: "A gate is named that does not exist.",
    Code.UNKNOWN_SOURCE: "A record of the program is named that is not declared in app_sources.",
    Code.UNKNOWN_LIMIT: "A limit is named that is not declared in limits.",
    Code.UNKNOWN_METRIC: "A metric is named that no threshold measures, or that `metrics` does not declare.",
    Code.METRIC_NAME: "Another name of a metric is taken: by a metric, by another name, or by a record.",
    Code.METRIC_MISFIT: "A threshold's unit or direction is not the one that its metric is declared with.",
    Code.UNKNOWN_RECORD: "A number of a record is named that no record gives.",
    Code.UNKNOWN_QUESTION: "A fact comes from a question that does not exist, or does not imply it.",
    Code.UNKNOWN_STATEMENT: "A hard stop, floor or exception is named that does not exist.",
    Code.UNKNOWN_FACT: "A fact is named that is not declared in facts.",
    Code.UNKNOWN_TEXT: "A translation names words that the questionnaire does not have.",
    Code.CONDITION_SYNTAX: "A condition is not an expression.",
    Code.CONDITION_TOO_COSTLY: "A condition is longer or more nested than allowed.",
    Code.UNKNOWN_FUNCTION: "A condition calls a function that does not exist.",
    Code.UNKNOWN_NAME: "A condition uses a name that is neither tier nor a fact.",
    Code.IMPOSSIBLE_VALUE: "A fact or the tier is held against a value that it never has.",
    Code.NOT_YES_OR_NO: "A condition says neither yes nor no.",
    Code.TIER_TOO_EARLY: "A condition of the questionnaire asks the tier, which is not known yet.",
    Code.GATE_KIND: "A gate's kind and the stages it names do not go together.",
    Code.GATE_UNREACHABLE: "A gate starts in a stage that no gate leads to.",
    Code.CYCLE: "Gates, or questions that depend on one another, lead around in a circle.",
    Code.FUNCTION_WITHOUT_SEAT: "A gate lacks a seat of one of the four functions that is always asked.",
    Code.SEAT_COVERS: "A seat does not cover the common section and its own.",
    Code.ANSWERED_BY: "An item says that the program answers it, but not from which record; or the other way round.",
    Code.THRESHOLD_LIMIT: "A threshold has no limit, two limits, or keys that belong to another kind of limit.",
    Code.COMPARATOR_MISFIT: "A comparator that cannot be used with the limit beside it.",
    Code.BAND_GAP: "The bands of the score leave a gap, overlap, or do not reach the highest score.",
    Code.BAND_ORDER: "A higher score would give a lower tier.",
    Code.MAX_SCORE: "The highest score stated is not what the questions add up to.",
    Code.CONDITIONS_EXCLUDE: "Two ways of saying when a statement is asked exclude one another.",
    Code.FACT_SOURCE: "An answer implies a fact that does not name its question.",
    Code.FACT_OPEN: "Nothing, or not every answer, tells a fact.",
    Code.FACT_VALUES: "A fact's type and its values do not go together.",
    Code.ALWAYS_TRUE: "A condition that holds whatever the facts and the tier: write “true”.",
    Code.ALWAYS_FALSE: "A condition that never holds, so what it guards never counts.",
    Code.ITEM_UNREACHED: "An item that applies at no tier that can pass a gate.",
    Code.NEVER_PASSES: "A threshold that no value can pass.",
    Code.SUPERSEDED_FRAMEWORK: "A mapping to a catalogue that was superseded.",
    Code.UNUSED_METRIC: "A metric is declared that no threshold uses.",
    Code.UNTRANSLATED: "A language lacks words that the questionnaire has.",
}
"""What each code means, for the reference page and for other tools."""
