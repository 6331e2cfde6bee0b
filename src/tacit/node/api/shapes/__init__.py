"""What the local API answers, noun by noun: the shapes that its OpenAPI document promises."""
