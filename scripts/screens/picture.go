package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"slices"
)

// few is how many colours a picture may have. A terminal has a dozen; the rest are the soft edges of letters.
const few = 32

// shrink writes a PNG with few colours: a fraction of the size, and no difference to be seen.
func shrink(raw []byte, file string) error {
	picture, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return fmt.Errorf("read the picture: %w", err)
	}
	counts := map[color.RGBA]int{}
	bounds := picture.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			counts[opaque(picture.At(x, y))]++
		}
	}
	drawn := repaint(picture, palette(counts))
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, drawn); err != nil {
		return err
	}
	return os.WriteFile(file, out.Bytes(), 0o644)
}

func opaque(c color.Color) color.RGBA {
	r, g, b, _ := c.RGBA()
	return color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 255}
}

// palette takes the most frequent colours that are far enough from each other, so that a rare colour of its own is kept before a common shade.
func palette(counts map[color.RGBA]int) color.Palette {
	all := make([]color.RGBA, 0, len(counts))
	for c := range counts {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b color.RGBA) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return int(code(a)) - int(code(b))
	})
	for apart := 4; ; apart += 2 {
		var picked color.Palette
		for _, c := range all {
			if far(c, picked, apart) {
				if picked = append(picked, c); len(picked) > few {
					break
				}
			}
		}
		if len(picked) <= few {
			return picked
		}
	}
}

func code(c color.RGBA) uint32 { return uint32(c.R)<<16 | uint32(c.G)<<8 | uint32(c.B) }

// far says that a colour is at least so far from all others.
func far(c color.RGBA, others color.Palette, apart int) bool {
	for _, other := range others {
		o := other.(color.RGBA)
		r, g, b := int(c.R)-int(o.R), int(c.G)-int(o.G), int(c.B)-int(o.B)
		if r*r+g*g+b*b < apart*apart {
			return false
		}
	}
	return true
}

func repaint(picture image.Image, colours color.Palette) *image.Paletted {
	bounds := picture.Bounds()
	out := image.NewPaletted(bounds, colours)
	known := map[color.RGBA]uint8{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			c := opaque(picture.At(x, y))
			index, ok := known[c]
			if !ok {
				index = uint8(colours.Index(c))
				known[c] = index
			}
			out.SetColorIndex(x, y, index)
		}
	}
	return out
}
