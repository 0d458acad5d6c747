"""The one error that reaches the controller in words."""


class Refused(Exception):
    """Why a request was not carried out, in words for the person at the terminal."""
