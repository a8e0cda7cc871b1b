package crmtest_test

import "os"

// mutantVariable names the one thing that the Example CRM does wrong on purpose.
const mutantVariable = "ALLYSWITCH_TEST_MUTANT"

func mutant(name string) bool { return os.Getenv(mutantVariable) == name }
