"""The renderings of one bulletin, parsed back: they agree with each other, and no crawled text does anything in them."""
