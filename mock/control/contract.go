package control

import "understudy/specs"

// Contract is the document of the control listener, as openapi.yaml: for those who call it by its operations.
func Contract() (*specs.Contract, error) {
	a, err := ownAPI()
	if err != nil {
		return nil, err
	}
	return a.contract, nil
}
