
# { "Depends": "py-genlayer:test" }
from genlayer import *
