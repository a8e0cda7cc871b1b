package conformance

import "testing"

func TestTheMadeUpSite(t *testing.T) { Run(t, Fake(260)) }

func TestARealWordPress(t *testing.T) { Run(t, Real(t)) }
