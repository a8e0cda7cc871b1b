package checkpoint

func withUmask(_ int, fn func()) { fn() }
