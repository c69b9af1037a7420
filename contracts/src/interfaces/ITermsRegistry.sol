// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What a license is good for. SERVE: public, per use. PRIVATE: own use, per period. DERIVE: build on the
/// model.
library TermsKind {
    uint8 internal constant SERVE = 0;
    uint8 internal constant PRIVATE = 1;
    uint8 internal constant DERIVE = 2;
    uint8 internal constant COUNT = 3;
}

/// @notice The terms of a license, in the token's smallest unit, basis points and seconds. All but the bonds and the
/// URI fill one slot.
struct Terms {
    uint8 kind; // TermsKind
    uint8 mode; // how the license is enforced (protocol §8): 0 FINGERPRINT, 1 SEALED, 2 ATTESTED, 3 MELANGE
    bool derivatives; // DERIVE: may the child offer DERIVE licenses of its own?
    bool approvalNeeded; // does the owner approve each licensee?
    uint16 ownerShareBps; // of what is left after protocol fee, pool and royalties; all of it unless SERVE
    uint16 slashBps; // of the account bond, per slash; DERIVE: at least, in the SERVE terms of a child
    uint16 royaltyBps; // DERIVE: what a direct child pays this model per use, of the net amount
    uint32 period; // PRIVATE: what `price` pays for
    uint32 auditPeriod; // over which the bond was sized (protocol §7); informs, enforces nothing
    uint96 price; // SERVE: least amount of one booked use, 56 bits at most. PRIVATE: of a period. DERIVE: once
    uint96 bond; // reserved of the account bond
    uint96 leakBond; // posted per license, apart from the account bond
    uint96 childPrice; // DERIVE: least floor price and bond in the SERVE terms of a child
    uint96 childBond;
    string uri; // the terms in words
}

/// @notice What terms ask of hosts: SERVE of the licensee, DERIVE at least of those who host a child.
struct Hosting {
    uint96 price;
    uint96 bond;
    uint16 slashBps;
}

/// @notice Terms under short ids: equal terms have one id, and what an id means never changes.
interface ITermsRegistry {
    event TermsRegistered(uint32 indexed termsId, bytes32 indexed termsHash, Terms terms);

    /// @notice A field lies outside its bounds for this kind of terms.
    error TermsRegistry_InvalidTerms(bytes32 field, uint256 value);
    error TermsRegistry_UnknownTerms(uint256 termsId);

    /// @notice The id of these terms, by anyone; ids start at 1. Terms known before keep their id and emit nothing.
    function register(Terms calldata terms) external returns (uint32 termsId);

    /// @notice The id of terms by `keccak256(abi.encode(terms))`, 0 if nobody registered them.
    function idOf(bytes32 termsHash) external view returns (uint32 termsId);
    function terms(uint32 termsId) external view returns (Terms memory);
    /// @notice Reverts for an unknown id, as every getter here.
    function kindOf(uint32 termsId) external view returns (uint8 kind);
    /// @notice What licenses that serve, and splits, turn on: one slot.
    function ratesOf(uint32 termsId) external view returns (uint96 price, uint16 ownerShareBps, uint16 slashBps);
    /// @notice What accepting a license turns on: two slots.
    function licensingOf(
        uint32 termsId
    )
        external
        view
        returns (uint8 kind, bool approvalNeeded, uint32 period, uint96 price, uint96 bond, uint96 leakBond);
    /// @notice What a child of these terms owes: one slot.
    function derivingOf(uint32 termsId) external view returns (uint16 royaltyBps, bool derivatives);
    /// @notice What SERVE or DERIVE terms ask of hosts.
    function hostingOf(uint32 termsId) external view returns (Hosting memory);
    /// @notice Terms registered so far.
    function termsCount() external view returns (uint32);
}
