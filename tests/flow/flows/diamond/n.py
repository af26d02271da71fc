def join(b, c):
    return b + c
