"""The report of a run: one page that needs nothing but a browser, and the same as JSON beside it.

`data` has what a report says, `gather` finds it, `charts` and `page` make the page. What the page looks
like and how it behaves are files of their own: `page.css`, `page.js`, `grids.js`.
"""
