"""Between requests and the arms of a flow: who gets which, and what happens where one fails."""
