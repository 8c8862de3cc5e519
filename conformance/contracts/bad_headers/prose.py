# My contract
from genlayer import *
