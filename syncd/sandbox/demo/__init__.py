"""The tour behind `syncd demo`: sixteen cases, two stand-ins, and the real daemon between them."""
