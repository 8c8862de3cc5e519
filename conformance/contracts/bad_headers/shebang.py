#!/usr/bin/env python3
# { "Depends": "py-genlayer:test" }
from genlayer import *
