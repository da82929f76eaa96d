from words import count_words


def handler(event, context):
    return {"words": count_words(event["text"])}
