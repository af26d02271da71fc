"""Prompt files: templates that become chat messages. The one door of jinja2."""

from genaiops.prompts.prompt import Prompt, load_prompt, parse_prompt

__all__ = ["Prompt", "load_prompt", "parse_prompt"]
