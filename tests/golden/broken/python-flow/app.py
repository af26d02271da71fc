def answer(query, run):
    return query
