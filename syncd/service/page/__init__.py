"""The status page: what a browser on this machine shows of the shops and their cases. It only reads."""
