# { "Seq": [] }
from genlayer import *
