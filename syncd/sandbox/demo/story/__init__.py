"""The cases of the story, chapter by chapter, each of another kind."""

from syncd.sandbox.demo.story.amounts import AMOUNTS
from syncd.sandbox.demo.story.cancellations import CANCELLATIONS
from syncd.sandbox.demo.story.orders import ORDERS
from syncd.sandbox.demo.story.returns import RETURNS
from syncd.sandbox.demo.story.safety import SAFETY
from syncd.sandbox.demo.story.special import SPECIAL

SCRIPTS = (*RETURNS, *AMOUNTS, *SPECIAL, *CANCELLATIONS, *ORDERS, *SAFETY)
