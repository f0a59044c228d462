"""A tablet or second screen as an evaluator: the window itself serves one small page to it.

The server is the device's line and therefore part of the driver: it stands alone on the standard library, works
without the hall's server, without the internet and for any program, and ends with the window. It knows no case, no
name and no number: only that a rating is asked now, and which of five levels was touched.
"""
