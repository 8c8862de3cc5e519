import json


def rgb_to_hsv(*values):
    return "mine"


text = json.dumps([1])
