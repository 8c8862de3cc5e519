"""Ways to judge results, first generation."""

from ..gl.eq_principle import prompt_comparative as eq_principle_prompt_comparative
from ..gl.eq_principle import prompt_non_comparative as eq_principle_prompt_non_comparative
from ..gl.eq_principle import strict_eq_first as eq_principle_strict_eq

strict_eq = eq_principle_strict_eq
prompt_comparative = eq_principle_prompt_comparative
prompt_non_comparative = eq_principle_prompt_non_comparative

__all__ = [
    "eq_principle_prompt_comparative",
    "eq_principle_prompt_non_comparative",
    "eq_principle_strict_eq",
]
