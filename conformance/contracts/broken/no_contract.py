# { "Depends": "py-genlayer:test" }
from genlayer import *

x = 1
