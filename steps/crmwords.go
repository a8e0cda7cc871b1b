package steps

import (
	"allyswitch/crm"
	"allyswitch/wizard"
)

// CRMWords are what is told to people about an error of the CRM of that name: what happened, what it means, what to do. The list of all codes is made from them.
func CRMWords(trouble *crm.Error, name string) wizard.Explanation {
	words := wizard.Explanation{Means: safe, Code: trouble.Code, Detail: trouble.Error()}
	words.What, words.Now = crmWords(trouble, name)
	return words
}
