"""Parts of the library that do not need a running contract."""
