"""`memoflow watch`: on each save, what it invalidates runs, and what that changed is told.

Owns: that no save is missed, and that no result is ever made by code that is not on disk any more. The
process that watches evaluates nothing. Each change is evaluated by a process of its own, forked from a
server that has everything loaded but the DSL; where anything that the server has loaded was edited, another
server takes its place.

Does not promise: to see at once what another machine saves on a network file system; that takes seconds.
"""
