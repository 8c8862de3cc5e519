"""What the tests of the clients stand on: a real node, a real model server, a real website."""
