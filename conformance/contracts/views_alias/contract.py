# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
from dataclasses import dataclass


@allow_storage
@dataclass
class User:
    name: str
    age: u32 = 7


class Alias(gl.Contract):
    users: DynArray[User]
    user: User
    table: TreeMap[str, User]

    def __init__(self):
        self.users.append(User("Ana"))
        self.users.append(User("Bob", 8))

    @gl.public.write
    def store_proxy(self) -> list:
        first = self.users[0]
        self.users[0] = User("Eve", 9)
        return [first.name, first.age]

    @gl.public.write
    def copies(self) -> list:
        self.user = self.users[1]
        self.users[1].name = "Changed"
        kept = gl.storage.copy_to_memory(self.users[1])
        self.users[1].name = "Again"
        return [self.user.name, self.users[1].name, kept.name]

    @gl.public.write
    def in_memory(self) -> list:
        user = User("Mem")
        user.age = 99
        self.table["x"] = user
        user.age = 1
        return [self.table["x"].age, user.age, User("d").age]
