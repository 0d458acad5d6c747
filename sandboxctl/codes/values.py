"""DEN20x to DEN24x: keys and their values, each by itself; `parts` has how they fit together."""

from __future__ import annotations

from sandboxctl.codes.code import Code

_UNREAD = "What is not understood might mean something else to somebody else."
_GUESS = "A value that is guessed at may turn out as something that nobody asked for."

CODES = (
    Code(
        "DEN200",
        "A key or a value that a blueprint does not have",
        _UNREAD,
        "Correct what is named; `sandboxctl schema --reference` has every key.",
    ),
    Code(
        "DEN201",
        "A key that is missing",
        "What is left out would have to be guessed, and two engines may guess differently.",
        "Add the key that is named; `sandboxctl schema --reference` says what it may hold.",
    ),
    Code(
        "DEN202",
        "A key that a blueprint does not have",
        "A key that is passed over in silence is a wish that nobody refused and nobody met.",
        "Correct its name, or take it out; `sandboxctl schema --reference` has every key.",
    ),
    Code(
        "DEN203",
        "An extension field, `x-…`",
        "What only some programs read can make one file mean two things.",
        "Take it out; what services share, one of them takes over with `extends`.",
    ),
    Code(
        "DEN204",
        "A key that is not text",
        "A number or a word such as `yes` as a key is read differently by different programs.",
        "Put the key in quotes.",
    ),
    Code(
        "DEN205",
        "A value of another type",
        _GUESS,
        "Give what is asked for: text in quotes, numbers and true or false without.",
    ),
    Code(
        "DEN206",
        "A value that is written in another form",
        _GUESS,
        "Write it as the message says, for example 256m, 90m or /srv/data.",
    ),
    Code(
        "DEN207",
        "A name that cannot be one",
        "Names become host names and parts of commands, where odd characters mean something.",
        "Use small letters, digits and single hyphens (underscores in data), a letter first.",
    ),
    Code(
        "DEN208",
        "A word that is not one of those known here",
        _UNREAD,
        "Choose one of the words that the message lists.",
    ),
    Code(
        "DEN209",
        "A number out of its bounds",
        "Numbers beyond what was thought of make programs wait, overflow or take all there is.",
        "Give a number between the bounds that the message names.",
    ),
    Code(
        "DEN210",
        "Too many of something, or too long a text",
        "Whatever has no bound can be made so large that reading it stops everything else.",
        "Give fewer or shorter ones; what is large belongs into a file beside the blueprint.",
    ),
    Code(
        "DEN211",
        "Too few of something, or an empty text",
        "Something that is there and empty is mostly a mistake that shows later.",
        "Give what is asked for, or leave the key out.",
    ),
    Code(
        "DEN220",
        "A key of Compose that asks for what is so anyway",
        "Nothing; it is refused so that every key that stands in a file has an effect.",
        "Take it out.",
    ),
    Code(
        "DEN221",
        "A key of Compose that has another way here",
        "What a den would pass over in silence would be missed when it matters.",
        "Do what the message says instead, or take the key out.",
    ),
    Code(
        "DEN222",
        "A command that runs around a start or a stop",
        "Hooks run outside what is checked and kept in the baseline, some with more rights.",
        "Put work that has to be done before minute zero into `prepare`.",
    ),
    Code(
        "DEN223",
        "More than one container of a service",
        "Copies multiply what a service may take beyond what anybody agreed to.",
        "Give another service its own name, and let it take over this one with `extends`.",
    ),
    Code(
        "DEN230",
        "A quote that is not closed",
        "A command that is taken apart in the wrong place runs something else.",
        "Close the quote, or write the command as a list.",
    ),
    Code(
        "DEN231",
        "A variable that would be taken from the shell",
        "The shell of whoever starts it may hold their passwords and tokens.",
        "Give a value, make it a parameter, or make it a secret.",
    ),
    Code(
        "DEN232",
        "A condition of `depends_on` that is not known here",
        "A service that waits for something else than its reader thinks starts at a bad moment.",
        "Leave the condition out: every service waits until those it names are ready.",
    ),
    Code(
        "DEN233",
        "A name that is taken already",
        "Two things of one name lead those who ask for it to the wrong one.",
        "Choose another name.",
    ),
    Code(
        "DEN234",
        "A sandbox of another blueprint",
        "Taken for its own, another prototype with what was entered in it would be replaced.",
        "Choose another `--name`, or first take that sandbox down.",
    ),
    Code(
        "DEN240",
        "A setting of a den that cannot be",
        "A den that is not set as its operator believes may stand open to a whole network.",
        "Correct what is named; `sandboxctl den` shows every setting.",
    ),
    Code(
        "DEN299",
        "More problems than are listed",
        "A list that nobody reads to its end hides what matters.",
        "Mend what is listed first, and check again.",
    ),
)
