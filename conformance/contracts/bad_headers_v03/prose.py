# v0.3.0
# nothing
from genlayer import *
