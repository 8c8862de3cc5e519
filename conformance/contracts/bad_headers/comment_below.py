# { "Depends": "py-genlayer:test" }
# This is my contract
from genlayer import *
