"""The tour behind `syncd demo`: many cases, two stand-ins, and the real daemon between them."""
