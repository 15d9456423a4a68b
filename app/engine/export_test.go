package engine

// OneByOne has e take every command of a wave by itself, as if none took lists.
func OneByOne(e *Engine) { e.single = true }
