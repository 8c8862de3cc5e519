from ..helper import double

DEEP = double(50)
